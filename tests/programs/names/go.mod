module names.v1

go 1.26

require yaml.v9 v0.0.0

replace yaml.v9 => ./yaml
