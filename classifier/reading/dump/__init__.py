"""Pages saved as text: the article and the related headlines out of their lines."""
