"""A model in four lines: load it, load data, train, ask."""

from pathlib import Path
from typing import Any, overload

from gristmill.models import EMBEDDED, model_folder
from gristmill.training import train_run
from schemas.chat import ChatRequest, ChatResponse, Client
from schemas.errors import InputError
from schemas.example import Message


class Model:
    """A language model on this machine that can be asked, and tuned on rows.

        from gristmill import Model

        model = Model("embedded")
        model.load_data("faq.jsonl", question="question", answer="answer")
        model.train(max_steps=30, out="faq-run")
        print(model("How do I reset the gateway?"))

    Args:
        name: `embedded`, a model's folder, a run's folder, or a hub name.
        max_tokens: Longest answer.

    Raises:
        InputError: There is no such model.
    """

    def __init__(self, name: str | Path = EMBEDDED, *, max_tokens: int = 128) -> None:
        self.name = str(name)
        self.max_tokens = max_tokens
        self._folder = model_folder(self.name)
        self._client: Client | None = None
        self._rows: Any = None  # Any: a table, once data is loaded; pyarrow is imported with the data

    @overload
    def __call__(self, question: str) -> str: ...

    @overload
    def __call__(self, question: list[str]) -> list[str]: ...

    def __call__(self, question: str | list[str]) -> str | list[str]:
        """Answer a question, or a list of them in batches, with greedy decoding.

        Raises:
            LLMError: A question does not fit into the model's context.
        """
        if self._client is None:
            from train import LocalModel

            self._client = LocalModel.load(self._folder)
        questions = [question] if isinstance(question, str) else question
        requests = [ChatRequest(messages=(Message("user", text),), max_tokens=self.max_tokens) for text in questions]
        answers = [""] * len(requests)
        for position, outcome in self._client.complete(requests):
            if not isinstance(outcome, ChatResponse):
                raise outcome
            answers[position] = outcome.text
        return answers[0] if isinstance(question, str) else answers

    def load_data(
        self, data: Any, *, question: str | None = None, answer: str | None = None
    ) -> "Model":  # Any: see Args
        """Load the rows to train on, in addition to those that were loaded before.

        Args:
            data: JSON, JSONL, CSV or Parquet file, curated folder, DataFrame, Arrow table, `datasets.Dataset` or
                list of dicts.
            question: Column with the questions, where its name does not tell.
            answer: Column with the answers, where its name does not tell.

        Raises:
            InputError: The data cannot be read, or a row of it cannot.
        """
        import pyarrow as pa

        from train import read_rows

        if isinstance(data, list):
            try:
                data = pa.Table.from_pylist(data)
            except (pa.ArrowException, AttributeError, TypeError) as error:
                raise InputError(f"the list does not hold rows of one kind ({error})", where="load_data") from error
        elif isinstance(data, str) and not data.startswith("hub:"):
            data = Path(data)
        given = {"question": question, "answer": answer}
        columns = {role: column for role, column in given.items() if column is not None}
        rows = read_rows(data, columns=columns or None)
        if rows.unreadable:
            number, fault = rows.unreadable[0]
            raise InputError(fault, where=f"row {number}", mend="Curate the data first: that sets such rows aside")
        tables = [rows.table] if self._rows is None else [self._rows, rows.table]
        self._rows = pa.concat_tables(tables, promote_options="default")
        return self

    def train(
        self, *, out: str | Path = "gristmill-run", **settings: Any
    ) -> Any:  # Any: settings of TrainConfig; TrainReport
        """Tune the model on the loaded rows; from then on it answers as the tuned model.

        Args:
            out: Folder of the run; a run that was cut short there goes on.
            settings: Settings of `train.TrainConfig` and of TRL's SFTConfig, `max_steps=30` for example.

        Returns:
            The `train.TrainReport`.

        Raises:
            InputError: No data is loaded, or a setting is wrong.
        """
        from gristmill.training_settings import split_settings, train_config

        if self._rows is None:
            raise InputError("no data is loaded", where="train", mend="Call load_data first")
        config = train_config({"seed": 0, **split_settings(settings.items()), "model": self._folder})
        report = train_run(self._rows, Path(out), config=config)
        self._folder, self._client = str(Path(out) / "merged"), None
        return report
