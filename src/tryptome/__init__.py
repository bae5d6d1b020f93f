"""What a gut community contributes to the availability of serotonin's precursor.

One package a stage (``ingest``, ``resolve``, ``annotate``, ``estimate``,
``compare``, ``report``), the knowledge base (``knowledge``), and a few shared
modules. For research only: nothing here diagnoses anybody.
"""

__version__ = "0.2.0"
