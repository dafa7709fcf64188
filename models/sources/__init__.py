"""Where the files of a model come from: a folder, the package index, a model hub."""
