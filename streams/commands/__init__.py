"""One module a group of `waterbed` commands: options in, library call, output out."""
