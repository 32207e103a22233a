"""What a line of a page is: menu, date, byline, prose, related headline, foot."""
