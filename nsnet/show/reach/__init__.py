"""Who reaches whom, as a table, as data and as a page."""
