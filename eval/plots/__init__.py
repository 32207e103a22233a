"""Numbers to pictures. One file imports matplotlib."""
