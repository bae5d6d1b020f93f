"""The entry: the workflow, with its own targets as the default."""


include: "workflow/Snakefile"


rule default:
    input:
        rules.all.input,
    default_target: True
