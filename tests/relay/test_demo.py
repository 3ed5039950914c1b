"""The demonstration: what it draws, what it counts, and the commands to try it by hand."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from config.settings import parse
from gateways.mesh.airtime import PRESETS, text_air_ms
from gateways.simulated.radio.server import background
from relay.cli import demo as commands
from relay.cli.main import main
from relay.demo import tally
from relay.demo.listeners import direct_messages
from relay.demo.mesh import CHANNEL, FAR, NEAR, PUBLIC, RADIO, mesh_config
from relay.demo.phones import Owner
from relay.demo.screen import Screen
from relay.demo.settings import MODEMS, settings_text
from relay.demo.stage import MESH, StageError, read_until_ready

FIRMWARE_GAP_S = 2.0


@pytest.fixture
def mesh(tmp_path):
    """The mesh of the demonstration, in a hurry."""
    with background(replace(mesh_config(tmp_path / MESH), speed=20)) as running:
        yield running


@pytest.fixture
def staying(mesh, monkeypatch):
    """A demonstration seems to stay, where this mesh is."""
    monkeypatch.setattr(commands, "beacon", lambda: mesh.directory.parent)
    monkeypatch.setattr(commands, "NEXT_S", 0.5)
    return mesh


def demo(*words):
    return CliRunner().invoke(main, ["demo", *words])


class TestScreen:
    """What it draws."""

    def drawn(self, text):
        lines = []
        Screen(lines.append).frame("Aigerim - 1 SMS", text, 20)
        return lines

    def test_a_frame_is_as_wide_as_the_device_whatever_it_shows(self):
        lines = self.drawn("Тек орысша бар: Аптека\n\nна улице Абая, 10 работает")

        assert len({len(line) for line in lines}) == 1

    def test_a_frame_shows_the_lines_of_the_text_and_when_it_came(self):
        top, *inside, _ = self.drawn("1 news\n2 stop")

        assert top.startswith("  0.0 s  +-")
        assert "Aigerim" in top
        assert [line.strip(" |") for line in inside] == ["1 news", "2 stop"]


class TestMesh:
    """Who hears whom."""

    def test_one_listener_is_beside_the_node_and_one_behind_the_relay(self, mesh):
        mesh.direct(NEAR, RADIO, "menu")
        assert mesh.wait_event("verdict", phone=NEAR, by=mesh.node_id(RADIO))["error"] == "NONE"

        mesh.say(NEAR, "Сәлем", channel=CHANNEL)
        (shown,) = mesh.wait_for(FAR, channel=CHANNEL)
        assert shown["hops"] == 1


class TestSettings:
    """The node of the demonstration is one that anybody could set up."""

    @pytest.fixture
    def settings(self):
        return parse(settings_text(Path("/demo"), "tcp://127.0.0.1:4403"), Path("/demo/demo.toml"))

    def test_it_has_the_modems_and_the_radio(self, settings):
        assert {modem.name: modem.own_number for modem in settings.modems} == MODEMS
        (radio,) = settings.radios
        assert (radio.name, radio.channel) == (RADIO, CHANNEL)
        assert radio.address == "tcp://127.0.0.1:4403"

    def test_the_firmware_drops_none_of_its_texts(self, settings):
        assert settings.radios[0].text_gap_s > FIRMWARE_GAP_S


class TestTally:
    """What it counts."""

    NODE, OTHER = "!00000001", "!00000002"

    def sent(self, identity, **facts):
        usual = {"from": self.NODE, "node": RADIO, "text": "x", "channel": CHANNEL}
        return usual | {"id": identity, "octets": 200, "air_ms": 180} | facts

    def rows(self, *sent):
        mesh = SimpleNamespace(node_id=lambda _: self.NODE, events=lambda _: list(sent))
        return {line[:10].strip(): line[10:].split() for line in tally.by_place(mesh, 0.1)}

    def test_packets_are_counted_by_place_and_their_copies_beside_them(self):
        rows = self.rows(
            self.sent(1),
            self.sent(1, node="roof"),
            self.sent(2, channel=PUBLIC),
            self.sent(3, channel=None),
            self.sent(4, **{"from": self.OTHER}),
        )

        assert rows[f"on {CHANNEL}"][:2] == ["1", "1"]
        assert rows["in public"][:2] == ["1", "0"]
        assert rows["direct"][:2] == ["1", "0"]
        assert rows["together"][:2] == ["3", "1"]

    def test_time_on_air_counts_every_copy_and_says_what_longfast_would_take(self):
        usual_s = text_air_ms(PRESETS["LONG_FAST"], 200, direct=False) / 1000
        rows = self.rows(*[self.sent(1, node=node) for node in (RADIO, "roof", "nora")] * 10)

        assert rows["together"][2:] == ["5.4", "s", f"{30 * usual_s:.1f}", "s"]
        assert rows["of an hour"][0] == "0.15%"

    def test_acknowledgements_of_the_radio_itself_are_no_packets_of_the_node(self):
        acknowledgement = self.sent(5)
        del acknowledgement["text"]

        assert self.rows(acknowledgement)["together"][:2] == ["0", "0"]

    def test_segments_are_counted_by_person(self):
        number = "+77015550301"
        air = SimpleNamespace(
            messages=lambda: [{"to": number}, {"to": number}, {"to": "+77015550302"}],
            events=lambda _: [{"from": number}],
            phone=lambda _: ["one"],
        )
        _, row, together = tally.by_person(air, [Owner("Dana", number, "new here")])

        assert row.split() == ["Dana", "1", "1", "2"]
        assert together.split() == ["together", "3"]


class TestByHand:
    """`jarshy demo say` and `text`, where a demonstration stays and where none does."""

    @pytest.mark.parametrize(
        "words",
        [
            pytest.param(["say", NEAR, "menu"], id="say"),
            pytest.param(["text", "+77015550301", "menu"], id="text"),
        ],
    )
    def test_without_a_demonstration_one_is_told_how_to_start_it(
        self, words, tmp_path, monkeypatch
    ):
        monkeypatch.setattr(commands, "beacon", lambda: tmp_path / "gone")
        result = demo(*words)

        assert result.exit_code == 1
        assert "jarshy demo --stay" in result.output

    def test_every_packet_that_comes_back_is_shown(self, staying):
        def answer():
            staying.wait_event("sent", node=NEAR, to=staying.node_id(RADIO))
            staying.direct(FAR, NEAR, "Мәзір (1/2)")
            staying.wait_for(NEAR, 2)
            staying.direct(FAR, NEAR, "2 жаңалық (2/2)")

        staying.direct(FAR, NEAR, "what came before")
        staying.wait_for(NEAR, 1)
        Thread(target=answer).start()
        result = demo("say", NEAR, "мәзір")

        assert result.exit_code == 0
        assert result.output.splitlines() == [
            "Мәзір (1/2)   [16 octets]",
            "2 жаңалық (2/2)   [22 octets]",
        ]

    def test_silence_is_said(self, staying, monkeypatch):
        monkeypatch.setattr(commands, "ANSWER_S", 0.3)
        result = demo("say", NEAR, "menu")

        assert (result.exit_code, result.output) == (0, "(no answer)\n")
        assert direct_messages(staying, NEAR) == []

    def test_who_is_not_there_is_answered_with_who_is(self, staying):
        del staying
        result = demo("say", "nobody", "menu")

        assert result.exit_code == 1
        assert NEAR in result.output
        assert FAR in result.output


def test_a_simulation_that_does_not_start_ends_the_demonstration_with_a_sentence():
    command = [sys.executable, "-c", "print('no')"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as ended,
        pytest.raises(StageError, match="did not start"),
    ):
        read_until_ready(ended)
