"""The declared metrics (`models/metrics/`): what they are, their SQL on gold, their figures."""

from lakehouse.metrics.answer import Answer, ask
from lakehouse.metrics.compiler import Query, Question, compile_question
from lakehouse.metrics.declarations import Declarations, read_declarations
from lakehouse.metrics.model import Grain

__all__ = [
    "Answer",
    "Declarations",
    "Grain",
    "Query",
    "Question",
    "ask",
    "compile_question",
    "read_declarations",
]
