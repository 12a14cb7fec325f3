"""The report's tables as HTML: who sold how much to whom, every participant's account, the summary."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from transaction_families.accounts.state import ParticipantId, ParticipantKind
from wattdag.demo.report.palette import KIND_COLOURS, KIND_NAMES, kwh, tokens, yuan
from wattdag.demo.report.series import Account, Flows
from wattdag.demo.summary import Summary, figure_label, figure_text

_PERCENT: Final = 100
_ACCOUNT_HEADS: Final = (
    "sold kWh",
    "bought kWh",
    "shortfall kWh",
    "surplus kWh",
    "to the grid kWh",
    "from the grid kWh",
    "net yuan",
    "tokens mined",
)


def trade_matrix(flows: Flows, accounts: Sequence[Account]) -> str:
    """Return energy in kWh by seller (rows) and buyer (columns), darker where there is more, with sums."""
    if not flows:
        return '<p class="nothing">Nothing was traded.</p>'
    order = [one.participant.participant_id for one in accounts]
    kinds = {one.participant.participant_id: one.participant.kind for one in accounts}
    sellers = [one for one in order if any(one == seller_id for seller_id, _ in flows)]
    buyers = [one for one in order if any(one == buyer_id for _, buyer_id in flows)]
    largest_milliwh = max(flows.values())

    def cell(seller_id: ParticipantId, buyer_id: ParticipantId) -> str:
        energy_milliwh = flows.get((seller_id, buyer_id), 0)
        if not energy_milliwh:
            return '<td class="number none">·</td>'
        depth = -(-energy_milliwh * _PERCENT // largest_milliwh)
        return f'<td class="number" style="--depth: {depth}%">{_kwh(energy_milliwh)}</td>'

    rows = [
        f"<tr>{_party_head(seller_id, kinds[seller_id])}"
        + "".join(cell(seller_id, buyer_id) for buyer_id in buyers)
        + _sum_cell(energy for (one, _), energy in flows.items() if one == seller_id)
        + "</tr>"
        for seller_id in sellers
    ]
    sums = "".join(
        _sum_cell(energy for (_, one), energy in flows.items() if one == buyer_id) for buyer_id in buyers
    )
    heads = "".join(
        f'<th scope="col" class="slanted"><span>{_party(one, kinds[one])}</span></th>' for one in buyers
    )
    return (
        '<table class="matrix"><thead><tr><th scope="col" class="corner">sellers, down; buyers, across</th>'
        f'{heads}<th scope="col" class="slanted"><span>sum</span></th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody>"
        f'<tfoot><tr><th scope="row">sum</th>{sums}{_sum_cell(flows.values())}</tr></tfoot></table>'
    )


def account_table(accounts: Sequence[Account]) -> str:
    """Return one row for every participant: energy traded and missed, money and tokens."""
    heads = "".join(f'<th scope="col" class="number">{head}</th>' for head in _ACCOUNT_HEADS)
    rows = "".join(_account_row(one) for one in accounts)
    return (
        f'<table class="accounts"><thead><tr><th scope="col">participant</th><th scope="col">kind</th>{heads}'
        f"</tr></thead><tbody>{rows}</tbody></table>"
    )


def summary_rows(summary: Summary) -> str:
    """Return the summary's figures as a table of two columns."""
    rows = "".join(
        f'<tr><th scope="row">{escape(figure_label(key))}</th><td>{escape(figure_text(key, value))}</td></tr>'
        for key, value in summary.items()
    )
    return f'<table class="summary"><tbody>{rows}</tbody></table>'


def _account_row(one: Account) -> str:
    party = one.participant
    energies_milliwh = (
        one.sold_milliwh,
        one.bought_milliwh,
        one.shortfall_milliwh,
        one.surplus_milliwh,
        one.grid_export_milliwh,
        one.grid_import_milliwh,
    )
    cells = [_number(f"{kwh(energy):,.1f}" if energy else "") for energy in energies_milliwh]
    cells.append(_number(f"{yuan(one.net_uyuan):,.2f}" if one.statements else ""))
    mined_utoken = one.tokens.mined_utoken
    cells.append(_number(f"{tokens(mined_utoken):,.3f}" if mined_utoken else ""))
    kind = escape(KIND_NAMES[party.kind])
    return f"<tr>{_party_head(party.participant_id, party.kind)}<td>{kind}</td>{''.join(cells)}</tr>"


def _party_head(participant_id: ParticipantId, kind: ParticipantKind) -> str:
    return f'<th scope="row">{_party(participant_id, kind)}</th>'


def _party(participant_id: ParticipantId, kind: ParticipantKind) -> str:
    return f'<i class="dot" style="--kind: {KIND_COLOURS[kind]}"></i>{escape(participant_id)}'


def _sum_cell(energies_milliwh: Iterable[int]) -> str:
    return f'<td class="number sum">{_kwh(sum(energies_milliwh))}</td>'


def _number(text: str) -> str:
    return f'<td class="number">{text}</td>' if text else '<td class="number none">·</td>'


def _kwh(energy_milliwh: int) -> str:
    energy_kwh = kwh(energy_milliwh)
    return f"{energy_kwh:,.0f}" if energy_kwh >= 100 else f"{energy_kwh:,.1f}"
