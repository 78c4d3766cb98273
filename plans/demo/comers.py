"""Who comes to be observed in the demo's story: fictional people, by the day they come.

They are admitted one by one, by the acts of the pages. fixtures/busload.xlsx is not part of the story: its 22 people
all come at once and none of them falls ill or moves; it is there to be tried on the import's page, on any day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from observation.models import Diet, Reason
from people.models import Sex


@dataclass(frozen=True)
class Comer:
    """One person who comes on day `day` of the site, `exposed` days after the last exposure."""

    day: int
    name: str
    sex: Sex
    exposed: int
    reason: Reason = Reason.CLOSE_CONTACT
    came_from: str = "武汉"
    party: str = ""
    needs: str = ""
    diet: Diet = Diet.ORDINARY
    language: str = "zh-hans"
    passport_name: str = ""
    nationality: str = "中国"


F, M = Sex.FEMALE, Sex.MALE
RETURNED, REFERRED, STAFF = Reason.RETURNED, Reason.REFERRED, Reason.STAFF

# Those the story tells something of.
RELEASED = "何建业"
RELEASED_NEXT = "罗文静"
TO_HOSPITAL = "冯国强"
MOVED = "谢晓峰"
PROLONGED = "宋立群"
STAYED_AWAY = "曹永年"
FALSE_ALARM = "董桂兰"
FEVER = "许嘉明"
LATE = "沈梦瑶"
HEADACHE = "叶琳"
# The one whose door the demo prints: a page in Arabic.
AT_THE_DOOR = "萨米·易卜拉欣"
WHO_REPORT = (AT_THE_DOOR, "丹尼尔·科尔")

COMERS: tuple[Comer, ...] = (
    Comer(0, RELEASED, M, 10, RETURNED, "黄冈", needs="高血压，自带降压药"),
    Comer(0, RELEASED_NEXT, F, 9, RETURNED, "孝感", diet=Diet.VEGETARIAN),
    Comer(0, "梁秀英", F, 3, needs="听力不好，请敲门后稍等", diet=Diet.SOFT),
    Comer(0, MOVED, M, 4),
    Comer(0, "韩雪", F, 2),
    Comer(0, "唐志远", M, 5, RETURNED, "武汉"),
    Comer(0, TO_HOSPITAL, M, 2, needs="慢性支气管炎"),
    Comer(0, "邓丽华", F, 3, diet=Diet.DIABETIC, needs="糖尿病，餐前注射胰岛素"),
    Comer(1, FEVER, M, 3),
    Comer(1, "彭小燕", F, 4, party="彭家"),
    Comer(1, "彭乐乐", F, 4, party="彭家", needs="8 岁，随母亲同住", diet=Diet.CHILD),
    Comer(1, "蔡明辉", M, 2, RETURNED, "温州"),
    Comer(1, AT_THE_DOOR, M, 3, RETURNED, "开罗", "", "", Diet.HALAL, "ar", "SAMI IBRAHIM", "埃及"),
    Comer(1, HEADACHE, F, 2),
    Comer(2, PROLONGED, M, 3, REFERRED, "社区医院"),
    Comer(2, LATE, F, 2),
    Comer(2, WHO_REPORT[1], M, 2, RETURNED, "米兰", language="en", passport_name="DANIEL COLE", nationality="英国"),
    Comer(2, FALSE_ALARM, F, 4, needs="行走不便，需要助行器", diet=Diet.SOFT),
    Comer(3, "马依努尔", F, 2, RETURNED, "武汉", diet=Diet.HALAL),
    Comer(3, "程浩", M, 3),
    Comer(3, "傅晓彤", F, 2, STAFF, "本校医务室"),
    Comer(3, "袁振国", M, 5, RETURNED, "荆州"),
    Comer(4, "苏婉清", F, 2),
    Comer(4, "江一帆", M, 3),
    Comer(4, STAYED_AWAY, M, 4),
    Comer(
        5, "玛丽亚·科斯塔", F, 2, RETURNED, "马德里", language="en", passport_name="MARIA COSTA", nationality="西班牙"
    ),
    Comer(7, "钟立", M, 2, party="钟家"),
    Comer(7, "钟周敏", F, 2, party="钟家"),
    Comer(7, "陆思远", M, 2, RETURNED, "首尔"),
    Comer(7, "范春梅", F, 3, diet=Diet.VEGETARIAN),
    Comer(7, "石磊", M, 2),
    Comer(7, "任若曦", F, 2, RETURNED, "东京"),
)
FAMILY = "方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹"
GIVEN = {F: ("雨欣", "佳怡", "秀兰", "海燕", "晓梅", "静怡"), M: ("子轩", "建国", "俊杰", "志强", "宇航", "德明")}
LATER = range(10, 30, 3)


def comers() -> Iterator[Comer]:
    """Everybody in the order in which they come; after the first week a few more every third day."""
    yield from COMERS
    random = Random("later")  # noqa: S311 - a story, not a secret
    families = iter(FAMILY)
    for day in LATER:
        for place in range(4):
            sex = (F, M)[place % 2]
            name = next(families) + random.choice(GIVEN[sex])
            yield Comer(day, name, sex, random.randrange(2, 5), random.choice((Reason.CLOSE_CONTACT, RETURNED)))
