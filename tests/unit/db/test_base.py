import pytest
from pynamodb.attributes import UnicodeAttribute
from pynamodb.transactions import TransactGet

from chalicelib.core.errors import AppError
from chalicelib.db.base import Table, connection
from chalicelib.db.errors import translated
from tests.support.aws import forget_everything, refusing


class WordRow(Table):
    suffix = "jobs"

    word = UnicodeAttribute(null=True)


class OtherRow(Table):
    suffix = "directory"

    word = UnicodeAttribute(null=True)


@pytest.mark.usefixtures("no_settings")
def test_a_table_that_nobody_asks_reads_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSOLEME_MISSPELT", "x")
    assert WordRow("pk", "sk", word="a").word == "a"


@pytest.mark.usefixtures("own_tables")
class TestWithTables:
    def test_a_table_is_named_by_prefix_and_suffix_at_its_first_call(self) -> None:
        WordRow("base", "a", word="x").save()
        assert str(WordRow.Meta.table_name).endswith("-jobs")

    def test_all_tables_and_transactions_talk_through_one_client(self) -> None:
        WordRow("base", "b", word="x").save()
        OtherRow("base", "b", word="y").save()
        with TransactGet(connection=connection()) as transaction:
            one, other = transaction.get(WordRow, "base", "b"), transaction.get(OtherRow, "base", "b")
        assert (one.get().word, other.get().word) == ("x", "y")
        clients = {WordRow._get_connection().connection.client, OtherRow._get_connection().connection.client}
        assert clients == {connection().client}

    def test_after_a_crash_everything_is_connected_anew(self, monkeypatch: pytest.MonkeyPatch) -> None:
        WordRow("base", "c", word="x").save()
        before = connection().client
        forget_everything()
        monkeypatch.setenv("CONSOLEME_TABLE_PREFIX", "elsewhere-")
        with pytest.raises(AppError, match="ResourceNotFoundException"), translated("the words"):
            WordRow("base", "c", word="x").save()
        assert WordRow.Meta.table_name == "elsewhere-jobs"
        assert connection().client is not before

    def test_a_busy_table_is_asked_again_before_it_is_an_error(self) -> None:
        with (
            refusing("dynamodb.PutItem", "ThrottlingException") as tries,
            pytest.raises(AppError),
            translated("the words"),
        ):
            WordRow("base", "d", word="x").save()
        assert len(tries) == 5
