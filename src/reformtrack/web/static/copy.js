// Copies the address of a link that is made for it; where that cannot be, the link leads to the same page.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-copied]");
  if (!link || !navigator.clipboard) return;
  event.preventDefault();
  navigator.clipboard.writeText(link.href).then(() => { link.textContent = link.dataset.copied; }, () => { location.href = link.href; });
});
