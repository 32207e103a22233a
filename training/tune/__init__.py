"""`chude train --tune`: asks a corpus how it should be learned, and judges the answer on articles left out of it."""
