"""Messages of typer and of the system, as sentences of the catalogue."""

from reformtrack.domain.said import sentence

OF_USAGE = (
    sentence("{error} See reformtrack --help"),
    sentence("Invalid value for '{name}' (env var: '{variable}'): {found}"),
    sentence("Invalid value for '{name}': {found}"),
    sentence("Missing argument '{name}'."),
    sentence("Missing option '{name}'."),
    sentence("No such option: {name} (Possible options: {near})"),
    sentence("No such option: {name}"),
    sentence("No such command '{name}'."),
    sentence("Option '{name}' requires an argument."),
    sentence("Option '{name}' does not take a value."),
    sentence("Got unexpected extra argument(s) ({given})"),
    sentence("Got unexpected extra argument ({given})"),
    sentence("Got unexpected extra arguments ({given})"),
    sentence("Input should be greater than or equal to {least}"),
    sentence("Input should be less than or equal to {most}"),
    sentence("Input should be a valid integer, unable to parse string as an integer"),
    sentence("Value error, '{found}' is not one of {codes}."),
    sentence("{found} is not in the range {range}."),
    sentence("'{found}' is not one of {codes}."),
    sentence("'{found}' is not a valid integer."),
    sentence("'{found}'; accepted: {accepted}."),
    sentence("a day as 30/06/2023 or 2023-06-30"),
)
"""The messages of typer about wrong usage, and of `given` about values."""

SYSTEM = (
    sentence("No such file or directory"),
    sentence("Permission denied"),
    sentence("File exists"),
    sentence("Is a directory"),
    sentence("Not a directory"),
    sentence("No space left on device"),
)
"""The messages of the system about files."""
