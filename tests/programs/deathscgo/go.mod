module deathscgo

go 1.26
