# Writes metafor.tsv: what R's metafor says of the cases of the tests.
# Run by hand: Rscript tests/unit/pool/metafor.R > tests/unit/pool/metafor.tsv
suppressMessages(library(metafor))
set.seed(11)
cases <- list(
  bcg = with(escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg),
             list(yi = as.numeric(yi), sei = sqrt(vi))),
  two = list(yi = c(0.4, -0.1), sei = c(0.2, 0.15)),
  alike = list(yi = c(0.31, 0.30, 0.33, 0.29), sei = c(0.2, 0.3, 0.1, 0.25)),
  three = list(yi = c(-1.2, 0.5, 0.9), sei = c(0.3, 0.2, 0.5)),
  spread = list(yi = round(rnorm(8, 0.5, 1), 3), sei = round(runif(8, 0.05, 0.9), 3)),
  zero = list(yi = c(0.1, -0.1, 0.05, -0.2, 0.15), sei = c(0.1, 0.2, 0.1, 0.3, 0.2))
)
show <- function(x) paste(format(x, digits = 12), collapse = " ")
cat("# R", as.character(getRversion()), "metafor", as.character(packageVersion("metafor")),
    "rma(method = \"REML\", test = \"knha\"); plain_se by test = \"z\"; tau2 ends by confint()\n")
cat("case", "effects", "errors", "level", "effect", "se", "lower", "upper", "p", "plain_se", "tau2",
    "tau2_lower", "tau2_upper", "i2", "q", "q_p", sep = "\t"); cat("\n")
for (name in names(cases)) for (level in c(95, 80)) {
  case <- cases[[name]]
  control <- list(threshold = 1e-12, maxiter = 10000)
  one <- rma(case$yi, sei = case$sei, method = "REML", test = "knha", level = level, control = control)
  plain <- rma(case$yi, sei = case$sei, method = "REML", control = control)
  ends <- confint(one, level = level, control = list(tol = 1e-12, tau2.max = 1e5))$random["tau^2", ]
  cat(name, show(case$yi), show(case$sei), level / 100,
      sapply(list(one$beta[1], one$se, one$ci.lb, one$ci.ub, one$pval, plain$se, one$tau2,
                  ends["ci.lb"], ends["ci.ub"], one$I2 / 100, one$QE, one$QEp), show), sep = "\t")
  cat("\n")
}
