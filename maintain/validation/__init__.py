"""Accuracy of quantities against metabolites measured in the same stool samples."""
