"""HTML pages: the tree, the facts a page tells of itself, its body, its related headlines."""
