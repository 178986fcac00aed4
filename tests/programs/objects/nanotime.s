// Go wants a file like this where a function's body is elsewhere.
