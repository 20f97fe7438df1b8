"""What many plans answer: bitemporal spans of their activities, and roll-ups over them at any two dates."""
