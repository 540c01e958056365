"""Made-up cities and thinned real ones, on which ways of releasing are compared."""
