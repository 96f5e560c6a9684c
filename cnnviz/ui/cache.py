"""Every cache of the app, each bounded. What comes out of one is shared by all visitors: never change it."""
