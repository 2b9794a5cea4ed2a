"""What ingest uses and others maintain, as files of this repository.

tracking_parameters   names of tracking parameters
"""
