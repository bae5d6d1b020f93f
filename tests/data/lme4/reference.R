# Figures of lme4 and lmerTest for samples.tsv, a simulated crossover with batches.
# Rscript reference.R, in this folder; writes reference.tsv and versions.txt.
library(lme4)
library(lmerTest)
samples <- read.delim("samples.tsv", stringsAsFactors = TRUE)
control <- lmerControl(optCtrl = list(ftol_abs = 1e-12, xtol_abs = 1e-10))
samples$w <- 1 + (seq_len(nrow(samples)) %% 4) / 2
samples$step <- as.integer(samples$diet) - 1
models <- list(
  slope = lmer(y ~ x + age + (1 | person) + (0 + x | person), samples, control = control),
  batch = lmer(y ~ x + age + (1 | person) + (1 | batch), samples, control = control),
  levels = lmer(y ~ diet + age + (1 | person) + (1 | batch), samples, control = control),
  weighted = lmer(y ~ diet + age + (1 | person) + (1 | batch), samples, weights = w,
                  control = control),
  crossed = lmer(y ~ diet * age + (1 | person) + (1 | batch), samples, control = control),
  steps = lmer(y ~ step + age + (1 | person) + (1 | batch), samples, control = control)
)
rows <- list()
add <- function(model, what, name, value) {
  rows[[length(rows) + 1]] <<- data.frame(model = model, what = what, name = name, value = value)
}
for (name in names(models)) {
  model <- models[[name]]
  fixed <- coef(summary(model))
  for (term in rownames(fixed)) {
    add(name, "estimate", term, fixed[term, "Estimate"])
    add(name, "se", term, fixed[term, "Std. Error"])
    add(name, "df", term, fixed[term, "df"])
  }
  variances <- as.data.frame(VarCorr(model))
  for (row in seq_len(nrow(variances))) {
    label <- paste(variances$grp[row], variances$var1[row])
    add(name, "variance", label, variances$vcov[row])
  }
}
for (tested in list(c("levels", "diet"), c("weighted", "diet"), c("crossed", "diet:age"))) {
  joint <- anova(models[[tested[1]]])
  add(tested[1], "F", tested[2], joint[tested[2], "F value"])
  add(tested[1], "df", tested[2], joint[tested[2], "DenDF"])
  add(tested[1], "p", tested[2], joint[tested[2], "Pr(>F)"])
}
found <- do.call(rbind, rows)
found$value <- signif(found$value, 9)
write.table(found, "reference.tsv", sep = "\t", quote = FALSE, row.names = FALSE)
versions <- c(R.version.string, paste("lme4", packageVersion("lme4")),
              paste("lmerTest", packageVersion("lmerTest")))
writeLines(versions, "versions.txt")
