"""The relocation plan: from live data to a proposal, a page and a paper."""
