"""The archive: articles as Parquet files by day, for those who ask questions of a year of news.

append      the articles of a topic, appended to the files of a folder
columns     the columns of a file, and the row of a record
file_names  names of files: they say which offsets a file holds, and so where an archive continues
forgetting  takes rows of forgotten pages out of files
metrics     every metric of an archive that follows its topic
part        a file that is being written
settings    where an archive serves its metrics
storage     where files are: a folder of this machine, or an object store
"""
