"""What a note in the roster asks for: insulin in the fridge, cash, a plant, an instrument.

Notes are free text in Chinese or English; known words sort them, and what no word knows is still listed as it stands.
"""

import re
from enum import StrEnum


class Care(StrEnum):
    """What must be answered for before the door opens."""

    VALUABLE = "valuable"
    COLD = "cold"
    MEDICINE = "medicine"
    BATTERY = "battery"
    FRAGILE = "fragile"
    LIVING = "living"
    WATCHED = "watched"
    OTHER = "other"


CHINESE: dict[Care, str] = {
    Care.VALUABLE: "现金|护照|证件|贵重|首饰|珠宝|银行卡",
    Care.COLD: "胰岛素|冷藏|冰箱|疫苗",
    Care.MEDICINE: "药|胰岛素",
    Care.BATTERY: "电池|电动车|平衡车|充电宝|打火机|酒精|易燃|燃气|烟花",
    Care.FRAGILE: "乐器|琴|易碎|玻璃|瓷|显示器",
    Care.LIVING: "植物|盆栽|盆花|宠物|猫|鱼缸|仓鼠",
    Care.WATCHED: "视频|在线|直播",
}
ENGLISH: dict[Care, str] = {
    Care.VALUABLE: "cash|money|passports?|documents?|valuables?|jewell?ery|bank cards?",
    Care.COLD: "insulin|fridge|refrigerat\\w+|vaccines?|cold",
    Care.MEDICINE: "medicines?|medication|insulin|pills?",
    Care.BATTERY: "batter(?:y|ies)|e-bikes?|power banks?|lighters?|alcohol|flammable|gas",
    Care.FRAGILE: "instruments?|violin|guitar|piano|fragile|glass|porcelain|monitor",
    Care.LIVING: "plants?|pets?|cats?|fish|hamster",
    Care.WATCHED: "video|watch(?:es|ed)? the packing",
}
WORDS = {care: re.compile(rf"{CHINESE[care]}|\b(?:{ENGLISH[care]})\b", re.IGNORECASE) for care in CHINESE}


def cares_of(text: str) -> tuple[Care, ...]:
    """Everything the note asks for; OTHER alone when no word is known, nothing for an empty note."""
    found = tuple(care for care, words in WORDS.items() if words.search(text))
    return found or ((Care.OTHER,) if text.strip() else ())
