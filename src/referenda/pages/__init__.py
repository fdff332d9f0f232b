"""What people look at: figures and pages made of findings, in one file each, readable without script or network."""
