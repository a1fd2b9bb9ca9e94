"""What clients send, checked at the door."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from dcs.catalog import LONGEST_RETENTION
from dcs.core.classification import Classification

Retention = Annotated[int, Field(strict=True, ge=1, le=LONGEST_RETENTION)]
FormatName = Literal["csv", "tsv", "ndjson", "json", "parquet", "arrow", "orc", "avro", "xlsx"]


class Body(BaseModel):
    """A JSON body; unknown members are refused rather than ignored."""

    model_config = ConfigDict(extra="forbid")


class DatasetBody(Body):
    """A dataset to add."""

    name: str = Field(min_length=1, max_length=100)
    classification: Classification = Classification.INTERNAL
    description: str = Field(default="", max_length=10_000)
    department: str | None = Field(default=None, max_length=100)
    purpose: str = Field(default="", max_length=10_000)
    retention_days: Retention | None = None


class DatasetChangeBody(Body):
    """What is changed of a dataset; null leaves its retention to the organisation."""

    retention_days: Retention | None = None


class VoteBody(Body):
    """A vote on one level of an approval; to return or reject it owes a reason."""

    level: Literal["L1", "L2"]
    decision: Literal["approve", "return", "reject"]
    reason: str = Field(default="", max_length=2_000)
    masks: dict[str, Literal["redact", "partial"]] = Field(default={}, max_length=10_000)


class DelegateBody(Body):
    """Whom a vote is handed to, by their login."""

    level: Literal["L1", "L2"] = "L1"
    to: str = Field(min_length=1, max_length=100)


class SubmitBody(Body):
    """What somebody confirms who asks for an approval: sentences of the template, word for word."""

    attestations: list[str] = Field(default=[], max_length=20)


class LevelRuleBody(Body):
    """How the people of one level are asked."""

    quorum: int = Field(default=1, ge=1, le=20)
    hours: float = Field(gt=0, le=24 * 366)
    expedited_hours: float = Field(gt=0, le=24 * 366)
    group: str | None = Field(default=None, min_length=1, max_length=100)
    escalate_to: str | None = Field(default=None, min_length=1, max_length=100)
    escalate_hours: float = Field(default=4.0, gt=0, le=24 * 366)


class LevelsBody(Body):
    """Both levels; one that is left out is asked the usual way."""

    L1: LevelRuleBody = LevelRuleBody(hours=24, expedited_hours=1)
    L2: LevelRuleBody = LevelRuleBody(hours=48, expedited_hours=2)


class ApprovalTemplateBody(Body):
    """How versions of one classification are decided on."""

    levels: LevelsBody = LevelsBody()
    business_hours: bool = False
    contract_required: bool = False
    attestations: list[Annotated[str, Field(min_length=1, max_length=500)]] = Field(
        default=[], max_length=20
    )


class ReasonBody(Body):
    """Why; it stays with what was decided."""

    reason: str = Field(min_length=1, max_length=2_000)


class WordingBody(Body):
    """How notices of one kind are put into words."""

    subject: str = Field(min_length=1, max_length=200)
    body: str = Field(min_length=1, max_length=5_000)


class AccessRequestBody(Body):
    """What somebody asks for; without columns all of them."""

    dataset: str = Field(min_length=1, max_length=100)
    purpose: str = Field(min_length=10, max_length=2_000)
    days: int = Field(ge=1, le=365)
    accepted_terms: bool
    columns: list[str] | None = Field(default=None, min_length=1, max_length=10_000)
    actions: list[Literal["list", "report", "preview", "read", "download"]] = Field(
        default=["list", "report", "preview", "read"], min_length=1, max_length=5
    )


class AccessApprovalBody(Body):
    """What is given of it: members that are not there as they were asked for."""

    columns: list[str] | None = Field(default=None, min_length=1, max_length=10_000)
    days: int | None = Field(default=None, ge=1, le=365)
    reason: str = Field(default="", max_length=2_000)


class QuestionBody(Body):
    """A question to whoever asked for access."""

    question: str = Field(min_length=5, max_length=2_000)


class AnswerBody(Body):
    """The answer to what was asked back."""

    text: str = Field(min_length=5, max_length=2_000)


class DaysBody(Body):
    """How much longer."""

    days: int = Field(ge=1, le=365)


class ImportBody(Body):
    """A file to fetch."""

    url: str = Field(min_length=8, max_length=4_000)
    dataset: str = Field(min_length=1, max_length=100)
    submit: bool = True
    sensitive: bool = False


class SourceBody(Body):
    """A place in S3 from which people may import."""

    address: str = Field(
        pattern=r"^s3://[a-z0-9][a-z0-9.-]{1,62}(/[A-Za-z0-9_./-]*)?$", max_length=1_000
    )


class TenantBody(Body):
    """What an organisation may send and how long it keeps; members that are not there stay."""

    max_file_size: int | None = Field(default=None, ge=1)
    max_storage: int | None = Field(default=None, ge=0)
    supported_formats: list[FormatName] | None = None
    retention_days: Retention | None = None


class CommentBody(Body):
    """What somebody says about an approval."""

    text: str = Field(min_length=1, max_length=2_000)


class CancelBody(Body):
    """Why an approval is ended by whoever asked for it."""

    reason: str = Field(default="", max_length=2_000)
