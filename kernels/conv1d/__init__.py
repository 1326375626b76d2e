"""A convolution in time as a product whose rows overlap."""
