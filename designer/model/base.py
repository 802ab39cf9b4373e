"""The one base class of all documents. Frozen: a change is a new document."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A document that can't be changed and refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")
