module asleep

go 1.26
