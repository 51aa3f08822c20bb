"""The demonstration: authorities, licences and sample codes that are all made up, for every verdict there is."""
