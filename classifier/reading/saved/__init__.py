"""Files in which pages stand packed or described: mail, archives, feeds; each kind is a file of this folder."""
