"""The entry: the workflow, with its own targets as the default."""


include: "workflow/Snakefile"


rule default:
    default_target: True
    input:
        rules.all.input,
