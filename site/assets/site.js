// Two things that the theme leaves out for readers without a mouse or without sight.

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
