#include <gtest/gtest.h>

#include "conformance/grade/canvas_name.hpp"
#include "conformance/grade/class_figures.hpp"
#include "conformance/grade/class_page.hpp"
#include "conformance/grade/csv.hpp"
#include "conformance/grade/file_name.hpp"
#include "conformance/grade/gradebook.hpp"
#include "conformance/grade/options.hpp"
#include "conformance/grade/progress.hpp"
#include "conformance/grade/queue.hpp"
#include "conformance/grade/roster.hpp"
#include "conformance/grade/tables.hpp"

namespace chatlab::grade {
namespace {

std::vector<std::vector<std::string>> cells_of(std::string_view file) {
  std::vector<std::vector<std::string>> rows;
  const auto csv = parse_csv(file);
  for (const auto& row : csv->rows) {
    rows.emplace_back();
    for (const auto& cell : row.cells) rows.back().push_back(cell.text);
  }
  return rows;
}

using Rows = std::vector<std::vector<std::string>>;

TEST(Csv, ReadsWhatSpreadsheetsWrite) {
  EXPECT_EQ(cells_of("a,b\n1,2\n"), (Rows{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(cells_of("a,b\r\n1,\r\n,\r\n"), (Rows{{"a", "b"}, {"1", ""}, {"", ""}}));
  EXPECT_EQ(cells_of("\xEF\xBB\xBFid\n"), (Rows{{"id"}}));
  EXPECT_EQ(cells_of("a,\"b,\"\"c\"\"\nd\",e"), (Rows{{"a", "b,\"c\"\nd", "e"}}));
  EXPECT_EQ(cells_of("a;b\n1,5;2\n"), (Rows{{"a", "b"}, {"1,5", "2"}}));
  EXPECT_EQ(cells_of("a\tb\n"), (Rows{{"a", "b"}}));
  EXPECT_EQ(cells_of("\n\na\n\n"), (Rows{{"a"}}));
  EXPECT_EQ(cells_of(""), Rows{});
  EXPECT_EQ(cells_of("a\rb\r"), (Rows{{"a"}, {"b"}}));  // an old Mac's
}

TEST(Csv, KnowsLinesAndPlaces) {
  const std::string file = "a,b\r\n\"x\ny\",2\r\n3,\"4\"\r\n";
  const auto csv = parse_csv(file);
  EXPECT_EQ(csv->rows[1].line, 2u);
  EXPECT_EQ(csv->rows[2].line, 4u);
  const auto& cell = csv->rows[2].cells[1];
  EXPECT_EQ(file.substr(cell.begin, cell.end - cell.begin), "\"4\"");
}

TEST(Csv, ComplainsWithTheLine) {
  const auto mistake_of = [](std::string_view file) {
    const auto csv = parse_csv(file);
    return csv.has_error() ? std::to_string(csv.error().line) + ": " + csv.error().text : "none";
  };
  EXPECT_EQ(mistake_of("a\nb\n\"c\nd"), "3: a quote is opened here and never closed");
  EXPECT_EQ(mistake_of("a\n\"b\"c\n").find("2: after the closing quote of \"b\" the cell goes on"), 0u);
  EXPECT_EQ(mistake_of(std::string_view("\xFF\xFE"
                                        "a\0",
                                        4))
                .find("0: it is written in UTF-16"),
            0u);
}

TEST(Csv, WritesCellsThatReadTheSame) {
  for (const char* text : {"", "a", "a,b", "say \"hi\"", "two\nlines", " blanks ", "Ünï"}) {
    const auto line = csv_cell(text) + ",end\n";
    EXPECT_EQ(parse_csv(line)->rows[0].cells[0].text, text);
  }
}

std::vector<std::string> complaints_of(const Roster& roster) {
  std::vector<std::string> all;
  for (const auto& one : roster.complaints) all.push_back(std::to_string(one.line) + ": " + one.text);
  return all;
}

TEST(Roster, KeepsFurtherColumnsInAnyOrder) {
  const auto roster = read_roster("Section,URL,ID,Name\nA,ws://h:1,7,Ann\nB,h,8, Bob \n,,,\n", true);
  ASSERT_EQ(roster.students.size(), 2u);
  EXPECT_EQ(roster.students[0].url, "ws://h:1");
  EXPECT_EQ(roster.students[1].name, "Bob");
  EXPECT_EQ(roster.students[1].extras, std::vector<std::string>{"B"});
  EXPECT_EQ(roster.extra_columns, std::vector<std::string>{"Section"});
  EXPECT_TRUE(roster.complaints.empty());
}

TEST(Roster, ComplainsAboutALineAndKeepsTheOthers) {
  const auto roster = read_roster(
      "id,name,url,dir\n1,A,h,\n1,B,h,\n,C,h,\n3,,h,\n4,D,,\n5,E,h,d\n6,F,ftp://h,\n7,G,,d\n8,\xFF,h,\n",
      true);
  EXPECT_EQ(complaints_of(roster),
            (std::vector<std::string>{
                "3: the id '1' stands in line 2 already; this line is left out", "4: the cell 'id' is empty",
                "5: the cell 'name' is empty", "6: the cell 'url' (and 'dir' too) is empty",
                "7: it has a url, 'h', and a dir, 'd'; leave one of them empty",
                "8: 'ftp://h' is not the address of a WebSocket server: its scheme is 'ftp'. Write it as "
                "ws://localhost:8081 or wss://chat.example.org/room",
                "10: it is not UTF-8; save the file as 'CSV UTF-8'"}));
  ASSERT_EQ(roster.students.size(), 2u);
  EXPECT_EQ(roster.students[1].folder, "d");
}

TEST(Roster, NeedsItsColumns) {
  const auto first_complaint = [](std::string_view file) {
    return complaints_of(read_roster(file, true)).at(0);
  };
  EXPECT_EQ(first_complaint("name,url\n"), "1: no column is called 'id'; the columns are: name, url");
  EXPECT_EQ(first_complaint("id,ID,url\n"), "1: two columns are called 'id'");
  EXPECT_EQ(first_complaint("id,name\n").find("1: no column is called 'url' or 'dir'"), 0u);
  EXPECT_EQ(first_complaint("").find("0: it is empty"), 0u);
  EXPECT_TRUE(read_roster("id,name\n1,A\n", false).complaints.empty());
}

TEST(CanvasName, TakesNamesApart) {
  const auto name = parse_canvas_name("lovelaceada_LATE_12345_67890_my_lab-1.zip");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->student, "lovelaceada");
  EXPECT_EQ(name->user_id, "12345");
  EXPECT_EQ(name->file, "my_lab-1.zip");
  EXPECT_TRUE(name->late);
  EXPECT_FALSE(parse_canvas_name("a_1_2_b")->late);
  for (const char* other : {"lab08.zip", "a_b_c_d", "_1_2_x", "a_1_2_", "a_1_x_y", "a__2_x", "a_LATE_1_x"}) {
    EXPECT_FALSE(parse_canvas_name(other)) << other;
  }
}

TEST(FileName, IsSafeAndDiffers) {
  EXPECT_EQ(file_name_of("ann.b-1_c@uni"), "ann.b-1_c@uni");
  EXPECT_EQ(file_name_of("../a/b c%"), "%2E.%2Fa%2Fb%20c%25");
  EXPECT_EQ(file_name_of("-rf"), "%2Drf");
  EXPECT_EQ(file_name_of("é"), "%C3%A9");
  const std::string long_id(300, 'a');
  EXPECT_LE(file_name_of(long_id).size(), 120u);
  EXPECT_NE(file_name_of(long_id + "b"), file_name_of(long_id + "c"));
}

TEST(Queue, KeepsHostsSerial) {
  Queue queue(1);
  const char* hosts[] = {"h", "h", "", "", "k", "h"};
  for (std::size_t i = 0; i < 6; ++i) queue.add(i, hosts[i]);
  EXPECT_EQ(queue.take(), 0u);
  EXPECT_EQ(queue.take(), 2u);
  EXPECT_EQ(queue.take(), 3u);
  EXPECT_EQ(queue.take(), 4u);
  EXPECT_EQ(queue.take(), std::nullopt);
  queue.finish(4);
  EXPECT_EQ(queue.take(), std::nullopt);
  queue.finish(0);
  EXPECT_EQ(queue.take(), 1u);
  EXPECT_EQ(queue.take(), std::nullopt);
  queue.finish(1);
  EXPECT_EQ(queue.take(), 5u);
  EXPECT_TRUE(queue.empty());
}

constexpr auto exported =
    "Student,ID,SIS User ID,SIS Login ID,Section,Lab 7 (11),Lab 8 (12),Final\r\n"
    "    Points Possible,,,,,5,10,(read only)\r\n"
    "\"Lovelace, Ada\",1,u1,ada,\"A, B\",5,\"\",9\r\n"
    "\"Hopper, Grace\",2,u2,grace,A,4,3.5,8\r\n"
    "\"Turing, Alan\",3,u3,alan,A,4,,8\r\n"
    "\"Same, Name\",4,u4,s1,A,1,,8\r\n\"Same, Name\",5,u5,s2,A,2,,8";

TEST(Gradebook, LeavesEveryOtherByteAlone) {
  const auto filled = fill_gradebook(
      exported, "Lab 8", {{"1", "x", 4.5}, {"u2", "y", 5}, {"alan", "z", 0.25}, {"q", "Name Same", 1}}, 5);
  ASSERT_TRUE(filled.has_value());
  std::string wanted = exported;
  const auto put = [&](std::string_view before, std::string_view after) {
    wanted.replace(wanted.find(before), before.size(), after);
  };
  put("5,\"\",9", "5,4.5,9");
  put("4,3.5,8", "4,5,8");
  put("A,4,,8", "A,4,0.25,8");
  EXPECT_EQ(filled->text, wanted);
  EXPECT_EQ(filled->filled, 3u);
  EXPECT_EQ(
      filled->notes,
      (std::vector<std::string>{
          "the gradebook says that 'Lab 8 (12)' is worth 10 points, but 5 can be earned; the scores are "
          "written as they are",
          "line 6: no score for Same, Name; the cell is left as it was",
          "line 7: no score for Same, Name; the cell is left as it was",
          "q (Name Same) is not in the gradebook, or more than one row could be meant"}));
}

TEST(Gradebook, MatchesNamesWhereNothingElseDoes) {
  const auto filled =
      fill_gradebook(exported, "Lab 7 (11)", {{"x", "ada lovelace", 1}, {"y", "Hopper, Grace", 2}}, 5);
  EXPECT_EQ(filled->filled, 2u);
  EXPECT_NE(filled->text.find("B\",1,\"\",9"), std::string::npos);
}

TEST(Gradebook, SaysWhichColumnsThereAre) {
  const auto mistake_of = [](std::string_view file, std::string_view assignment) {
    const auto filled = fill_gradebook(file, assignment, {}, 5);
    return filled.has_error() ? filled.error().text : "none";
  };
  EXPECT_EQ(mistake_of(exported, "Lab").find("no column is called 'Lab'; the columns are 'Student', 'ID', "),
            0u);
  EXPECT_EQ(mistake_of("Student,L (1),L (2)\n", "L"),
            "both 'L (1)' and 'L (2)' are called so; give the whole name of one");
  EXPECT_EQ(mistake_of("id,Lab 8\n", "Lab 8").find("no column is called 'Student'"), 0u);
  EXPECT_EQ(mistake_of("Student,L (1),L (2)\n", "L (2)"), "none");
}

CheckGrade check(const char* id, const char* status, double points) {
  CheckGrade one;
  one.id = id;
  one.area = std::string(id).substr(0, std::string(id).find('.'));
  one.level = points > 0 ? "must" : "should";
  one.status = status;
  one.message = "it did not";
  one.points = points;
  one.earned = one.status == "pass" ? points : 0;
  return one;
}

Grade grade_of(const char* id, std::vector<CheckGrade> checks) {
  Grade grade;
  grade.id = id;
  grade.name = std::string("name of ") + id;
  for (const auto& one : checks) grade.possible += one.points;
  grade.checks = std::move(checks);
  return grade;
}

std::vector<Grade> small_class() {
  std::vector<Grade> grades = {
      grade_of("1", {check("login.a", "pass", 2), check("chat.b", "pass", 3), check("chat.c", "fail", 0)}),
      grade_of("2", {check("login.a", "fail", 2), check("chat.b", "blocked", 3), check("chat.c", "pass", 0)}),
      grade_of("3", {check("login.a", "fail", 2), check("chat.b", "blocked", 3), check("chat.c", "pass", 0)}),
      grade_of("4",
               {check("login.a", "inconclusive", 2), check("chat.b", "pass", 3), check("chat.c", "pass", 0)}),
      grade_of("5", {}),
      grade_of("6", {})};
  grades[4].outcome = Outcome::not_started;
  grades[4].reason = "it exited\nTraceback";
  grades[4].possible = 5;
  grades[5].outcome = Outcome::not_handed_in;
  return grades;
}

TEST(Figures, CountWhatTheClassDid) {
  const auto figures = figures_of(small_class());
  EXPECT_EQ(figures.handed_in, 5u);
  EXPECT_EQ(figures.full_marks, 1u);
  EXPECT_EQ(figures.need_a_look, 1u);
  EXPECT_DOUBLE_EQ(figures.mean, 8.0 / 5);
  EXPECT_DOUBLE_EQ(figures.median, 0);
  EXPECT_EQ(figures.bars.front().count, 3u);
  EXPECT_EQ(figures.bars.back().count, 1u);
  EXPECT_EQ(figures.bars[6].count, 1u);  // 3 of 5 points are the seventh tenth
  ASSERT_EQ(figures.checks.size(), 3u);
  EXPECT_EQ(figures.checks[0].failed, 2u);
  EXPECT_EQ(figures.checks[1].blocked, 2u);
  ASSERT_EQ(figures.groups.size(), 1u);
  EXPECT_EQ(figures.groups[0].members, (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(figures.groups[0].what, "login.a fail, chat.b blocked");
}

TEST(Tables, HaveAColumnForEachArea) {
  EXPECT_EQ(grades_csv({small_class()[0], small_class()[4], small_class()[5]}, {{}, false}),
            "id,name,score,of,login (2),chat (3),result,first failure,late\n"
            "1,name of 1,5,5,2,3,full marks,,\n"
            "5,name of 5,0,5,0,0,not started,it exited ... Traceback,\n"
            "6,name of 6,,0,,,not handed in,not handed in,\n");
  EXPECT_EQ(
      results_jsonl({small_class()[1]}),
      "{\"id\":\"2\",\"name\":\"name of "
      "2\",\"source\":\"\",\"late\":false,\"outcome\":\"tested\",\"score\":0.0,"
      "\"possible\":5.0,\"areas\":{\"login\":{\"score\":0.0,\"possible\":2.0},\"chat\":{\"score\":0.0,"
      "\"possible\":3.0}},\"first_failure\":\"login.a: it did not\",\"needs_a_look\":false,\"sandbox\":\"\","
      "\"checks\":{\"login.a\":\"fail\",\"chat.b\":\"blocked\",\"chat.c\":\"pass\"}}\n");
}

TEST(Tables, AreNoFormulas) {
  auto grade = grade_of("1", {});
  grade.outcome = Outcome::not_started;
  grade.reason = "=cmd|' /C calc'!A0";
  EXPECT_NE(grades_csv({grade}, {{}, false}).find(",'=cmd|"), std::string::npos);
}

TEST(ClassPage, TakesForeignTextForText) {
  auto grades = small_class();
  grades[0].name = "<script>alert(1)</script>";
  grades[1].id = "a/b\"c";
  const auto page = class_page(grades, "Lab <8>", {"roster.csv:3: <b>"});
  for (const char* raw : {"<script>", "Lab <8>", "<b>\n", "a/b\"c.html"}) {
    EXPECT_EQ(page.find(raw), std::string::npos) << raw;
  }
  EXPECT_NE(page.find("students/a%252Fb%2522c.html"), std::string::npos);
}

TEST(Progress, IsABarOrLines) {
  std::size_t columns = 120;
  Progress lines(3), bar(3, [&] { return columns; });
  EXPECT_EQ(lines.tell(small_class()[1]), "[1/3] 2 name of 2: 0 of 5; login.a: it did not\n");
  EXPECT_EQ(lines.draw(1, std::chrono::seconds(1)), "");
  bar.count_kept();
  EXPECT_EQ(bar.tell(small_class()[0]), "");
  EXPECT_EQ(bar.draw(1, std::chrono::seconds(4)),
            "\r\x1b[K[####################..........] 2/3  full marks 1, not tested 0, at work 1, 4 s left");
  // Never so wide that the terminal wraps it, which "\r\x1b[K" could not take away.
  const auto drawn = [&](std::size_t wide) {
    columns = wide;
    return bar.draw(1, std::chrono::seconds(4)).substr(std::string_view("\r\x1b[K").size());
  };
  EXPECT_EQ(drawn(80), "[################........] 2/3  full marks 1, not tested 0, at work 1, 4 s left");
  EXPECT_EQ(drawn(40), "2/3  full marks 1, not tested 0, at wor");
  for (std::size_t wide = 1; wide < 120; ++wide) EXPECT_LT(drawn(wide).size(), wide);
  columns = 0;
  EXPECT_EQ(bar.draw(1, std::chrono::seconds(4)), bar.clear());
}

TEST(GradeFile, ReadsWhatItWrote) {
  auto grade = small_class()[4];
  grade.key = "k";
  const auto read = from_file(to_file(grade, Json()));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->reason, grade.reason);
  EXPECT_EQ(read->outcome, grade.outcome);
  EXPECT_EQ(read->key, "k");
  EXPECT_FALSE(read->has_run);
  grade.has_run = true;
  EXPECT_TRUE(from_file(to_file(grade, Json()))->has_run);
  for (const char* broken : {"", "{}", "[1]", "{\"id\": 5}"}) EXPECT_FALSE(from_file(broken)) << broken;
}

}  // namespace
}  // namespace chatlab::grade
