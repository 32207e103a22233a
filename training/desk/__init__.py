"""The desk of `chude label`: what it learns, which article it shows next, and the page in the browser."""
