module yaml.v9

go 1.26
