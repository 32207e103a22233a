"""How well tools read news pages: each page field of each tool beside gold, with intervals."""
