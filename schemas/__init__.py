"""What a row is: documents, examples, decisions, chat requests; their Parquet; formats in and out; prompt templates."""

from schemas.chat import Answer, ChatRequest, ChatResponse, Client
from schemas.decision import DECISION_SCHEMA, Action, Decision
from schemas.document import DOCUMENT_SCHEMA, SECTION_SCHEMA, Document, Section
from schemas.errors import GristmillError, InputError, LLMError, MissingExtraError, OutputError, RowError
from schemas.example import EXAMPLE_SCHEMA, Example, Message, Origin, Source, example_id, examples_table, last_answer
from schemas.rouge import rouge_l
from schemas.text import normal

__all__ = [
    "DECISION_SCHEMA",
    "DOCUMENT_SCHEMA",
    "EXAMPLE_SCHEMA",
    "SECTION_SCHEMA",
    "Action",
    "Answer",
    "ChatRequest",
    "ChatResponse",
    "Client",
    "Decision",
    "Document",
    "Example",
    "GristmillError",
    "InputError",
    "LLMError",
    "Message",
    "MissingExtraError",
    "Origin",
    "OutputError",
    "RowError",
    "Section",
    "Source",
    "example_id",
    "examples_table",
    "last_answer",
    "normal",
    "rouge_l",
]
