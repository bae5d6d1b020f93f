"""Knowledge: what is known of each reference species, and where from."""

from tryptome.knowledge.base import Capability, KnowledgeBase, Source, load

__all__ = ["Capability", "KnowledgeBase", "Source", "load"]
