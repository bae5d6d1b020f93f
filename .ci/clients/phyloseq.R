# Reads the CSVs as docs/exports.md says and writes what phyloseq makes of them:
# Rscript phyloseq.R FOLDER TARGET
suppressMessages(library(phyloseq))
words <- commandArgs(TRUE)
path <- function(name) file.path(words[1], name)
otu <- as.matrix(read.csv(path("otu.csv"), row.names = 1, check.names = FALSE))
tax <- as.matrix(read.csv(path("tax.csv"), row.names = 1, colClasses = "character", check.names = FALSE))
facts <- read.csv(path("sample_data.csv"), colClasses = c(sample = "character"), check.names = FALSE)
rownames(facts) <- facts$sample
physeq <- phyloseq(otu_table(otu, taxa_are_rows = TRUE), tax_table(tax), sample_data(facts[-1]))
phyla <- tax_glom(physeq, "Phylum", NArm = FALSE)
told <- data.frame(
  sample = sample_names(physeq), reads = sample_sums(physeq), by_phylum = sample_sums(phyla),
  said = sample_data(physeq)[["tryptome:reads"]],
  synthesis = sample_data(physeq)[["tryptome:share:trp_synthesis"]]
)
write.csv(told, words[2], row.names = FALSE)
