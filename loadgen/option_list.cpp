#include "loadgen/option_list.hpp"

#include "loadgen/help.hpp"
#include "loadgen/ratio.hpp"

namespace chatlab::loadgen {

cxxopts::Options declare_options() {
  cxxopts::Options options("chatlab-loadgen", help::introduction);
  options.positional_help("[URL... | compare NAME=SERVER... | sweep SERVER | merge FILE...]");
  const auto text = [] { return cxxopts::value<Text>(); };
  options.add_options("Server")  //
      ("launch", "start this command on a free port, which it finds in PORT, WS_PORT or {port}", text(),
       "CMD")                                                   //
      ("cwd", "working directory for --launch", text(), "DIR")  //
      ("server-pid", "the process to sample CPU and memory of (default: who listens on the port)", text(),
       "PID")                                                                                      //
      ("spread", "the URLs are nodes of one room, and the clients are dealt out to them in turn")  //
      ("no-gate", "do not ask first whether two clients get each other's chats")                   //
      ("i-may-load-this-server", "it is not on this machine, and I may")                           //
      ("really", "more load than somebody who mistypes should cause");
  options.add_options("Load")                                                                            //
      ("preset", help::presets(), text(), "NAME")                                                        //
      ("clients", "chat clients, all logged in (default: 100)", text(), "N")                             //
      ("senders", "how many of them send (default: 10, or all if fewer)", text(), "N")                   //
      ("rate", "broadcasts a second, of all senders together (default: 100)", text(), "R")               //
      ("arrivals", "constant or poisson (default: constant)", text(), "KIND")                            //
      ("ramp", "the rate grows from 0 over the first TIME, warm-up included", text(), "TIME")            //
      ("seed", "of poisson arrivals and confidence intervals (default: 1)", text(), "N")                 //
      ("closed", "closed loop: K broadcasts in flight for each sender, instead of --rate", text(), "K")  //
      ("payload", "bytes of each chat's text, from 33 on (default: 128)", text(), "BYTES")               //
      ("warmup", "time before it is measured (default: 2s)", text(), "TIME")                             //
      ("duration", "time in which it is measured (default: 10s)", text(), "TIME")                        //
      ("drain", "how long to wait for what is missing then (default: 5s)", text(), "TIME")               //
      ("login-rate", "logins a second (default: 200)", text(), "R")                                      //
      ("churn", "clients that leave and come back, a second", text(), "R")                               //
      ("slow", "clients of them that do not read; reported apart", text(), "N")                          //
      ("slow-rate", "bytes a second that each slow client does read (default: 0)", text(), "BYTES")      //
      ("cross-host", "ranks on several hosts compare their clocks, and time what goes between hosts")    //
      ("threads", "threads that send and receive (default: 1)", text(), "N")                             //
      ("receive-buffer", "SO_RCVBUF of each socket (default: the system's)", text(), "BYTES")            //
      ("patience", "longest silence while everybody logs in (default: 10s)", text(), "TIME")             //
      ("no-headroom", "do not measure first what the generator itself can take");
  options.add_options("Report")  //
      ("slo", "such as completion.p99<25ms, reach>99.9%, lost<1; repeatable", cxxopts::value<Texts>(),
       "SLO")                                                            //
      ("format", "text, json or csv (default: text)", text(), "FORMAT")  //
      ("out", "write PREFIX.html, .json, .csv, .hgrm and .hlog too; or one file: X.html, X.json", text(),
       "PREFIX")                                                       //
      ("svg", "write the main curve as a picture", text(), "FILE")     //
      ("series", "write the series over time as CSV", text(), "FILE")  //
      ("prometheus-port", "serve live metrics for Prometheus on this port of this machine", text(),
       "PORT")                                    //
      ("quiet", "no progress on standard error")  //
      ("help", "print this and exit")             //
      ("version", "print the version and exit");
  options.add_options("compare")  //
      ("rounds", fmt::format("how often each server has its turn (default: {})", recommended_rounds), text(),
       "N")                                                                             //
      ("baseline", "compare with what an earlier compare --out wrote", text(), "FILE")  //
      ("fail-if-slower", "exit code 1 where a server is slower than the first, or the baseline, by so much",
       text(), "10%");
  options.add_options("sweep")("by", "what grows: rate, clients or payload (default: rate)", text(), "AXIS");
  options.add_options("")("words", "", cxxopts::value<Texts>());
  options.parse_positional("words");
  return options;
}

}  // namespace chatlab::loadgen
