"""From headlines to the phrases in them: tokens, names, words, and what of these a reader would say."""
