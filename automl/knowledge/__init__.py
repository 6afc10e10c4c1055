"""What earlier runs found out: stored, merged, and looked up for tables that are alike.

Every run adds one small file ("shard") and none is ever changed, so that processes need no locks,
copies of a base can be united file by file, and its owner can read everything with ``zcat``. Raw
rows, labels and predictions never get in; private tables are named by a keyed hash. The room
decides nothing about a search: it hands over configurations and says where each comes from.
"""

from __future__ import annotations

from automl.knowledge.advice import NO_ADVICE, Advice, EarlierTask, advise
from automl.knowledge.base import KnowledgeBase, open_knowledge_base
from automl.knowledge.home import automl_home
from automl.knowledge.likeness import likeness
from automl.knowledge.manifest import Verdict
from automl.knowledge.private import is_signed, private_key, sign
from automl.knowledge.records import PROTOCOL, EvalRecord, RunRecord
from automl.knowledge.runtime import Estimate, RuntimeModel, TableSize
from automl.knowledge.similarity import Neighbour
from automl.knowledge.starting import WarmStart

__all__ = [
    "NO_ADVICE",
    "PROTOCOL",
    "Advice",
    "EarlierTask",
    "Estimate",
    "EvalRecord",
    "KnowledgeBase",
    "Neighbour",
    "RunRecord",
    "RuntimeModel",
    "TableSize",
    "Verdict",
    "WarmStart",
    "advise",
    "automl_home",
    "is_signed",
    "likeness",
    "open_knowledge_base",
    "private_key",
    "sign",
]
