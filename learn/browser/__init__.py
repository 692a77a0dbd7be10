"""For readers who run exercises in the page: builds what runs there. The desk and the rooms above may import it."""
