// Names the search dialog for screen readers: the theme gives it a role and no name.
document.querySelector(".md-search[role=dialog]:not([aria-label])")?.setAttribute("aria-label", "Search the course");
