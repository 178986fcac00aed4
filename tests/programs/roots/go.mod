module roots

go 1.26
