"""Engines that a match can run on; each is an adapter of the port `referenda.linkage.engine`."""
