// What the theme leaves out, or does at too high a price.

// The search dialog gets a name.
document.querySelector(".md-search[role=dialog]:not([aria-label])")?.setAttribute("aria-label", "Search the course");

// A table that is wider than the screen can be scrolled with the keyboard.
addEventListener("load", () => {
  const watch = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const scrolls = target.scrollWidth > target.clientWidth;
      target.toggleAttribute("tabindex", scrolls);
      if (scrolls) target.tabIndex = 0;
    }
  });
  document.querySelectorAll(".md-typeset__scrollwrap").forEach((wrap) => watch.observe(wrap));
});

// Each block of code gets a button to copy it, which the theme makes work. Its own feature for this, content.code.copy,
// has the browser lay out the whole page once for each block; here that is once for all of them.
document.querySelectorAll(".md-typeset pre > code").forEach((code, index) => {
  code.id = `code-block-${index}`;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "md-code__button", title: "Copy to clipboard" });
  Object.assign(button.dataset, { clipboardTarget: `#${code.id}`, mdType: "copy" });
  const place = Object.assign(document.createElement("div"), { className: "md-code__nav" });
  place.append(button);
  code.before(place);
});
